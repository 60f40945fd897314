"""An embedded Valkey: Celery's broker and the cache, on a private unix socket."""

from pathlib import Path

from marketplace.embedded import binaries, places
from marketplace.embedded.child import Child
from marketplace.embedded.places import Account
from marketplace.embedded.postgres import CLEAN_ENVIRONMENT, answers

SOCKET = "valkey.sock"


class Valkey(Child):
    """Keeps an append-only file, so that queued tasks outlive a restart, unless told otherwise."""

    def __init__(
        self, data_dir: Path, logs: Path, account: Account, *, durable: bool = True
    ) -> None:
        self.account = account
        self.data = places.service_directory(data_dir, "valkey", account)
        places.make_private(self.data, account)
        self.socket = places.socket_directory(self.data, SOCKET, account) / SOCKET
        command: list[str | Path] = [binaries.valkey_program(account)]
        command += ["--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
        command += ["--dir", self.data, "--save", "", "--databases", "32"]
        command += ["--appendonly", "yes" if durable else "no"]
        command += ["--maxmemory-policy", "noeviction"]
        super().__init__(
            "valkey", command, log=logs / "valkey.log", env=CLEAN_ENVIRONMENT, account=account
        )

    def url(self, database: int = 0) -> str:
        return f"unix://{self.socket}?db={database}"

    def is_ready(self) -> bool:
        return answers(self.socket)
