"""PostgreSQL and Valkey for real: started, used, killed, recovered, stopped."""

import os
import signal
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import dj_database_url
import psycopg2
import pytest
import redis

from marketplace.embedded.places import Account
from marketplace.embedded.postgres import Postgres
from marketplace.embedded.trouble import Trouble
from marketplace.embedded.valkey import Valkey
from tests.embedded.conftest import wait_until

pytestmark = pytest.mark.embedded


@pytest.fixture
def postgres(supervisor, data_dir):
    postgres = Postgres(data_dir, data_dir / "logs", Account(), durable=False)
    supervisor.start(postgres, postgres.is_ready)
    return postgres


@pytest.fixture
def valkey(supervisor, data_dir):
    valkey = Valkey(data_dir, data_dir / "logs", Account())
    supervisor.start(valkey, valkey.is_ready)
    return valkey


def query(postgres, sql):
    connection = psycopg2.connect(host=str(postgres.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else None
    connection.close()
    return rows


def kill_and_wait(supervisor, service):
    """Kill it the hard way and let the supervisor bring it back."""
    os.kill(service.pid, signal.SIGKILL)
    service.process.wait()
    wait_until(lambda: (supervisor.keep_running(), service.is_ready())[1])


def test_the_url_leads_django_to_the_socket(postgres):
    settings = dj_database_url.parse(postgres.url("postgres"))
    assert settings["OPTIONS"]["host"] == str(postgres.sockets)
    assert not settings["HOST"]
    assert settings["USER"] == "postgres"


def test_letters_beyond_ascii_have_their_case_whatever_the_machines_locale(postgres):
    assert query(postgres, "select lower('ÄÉ'), upper('ñ')") == [("äé", "Ñ")]


def test_nothing_listens_on_the_network(postgres):
    assert query(postgres, "show listen_addresses") == [("",)]


def test_only_its_account_can_open_the_data(postgres):
    assert postgres.data.stat().st_mode & 0o777 == 0o700


def test_data_outlive_a_stop_and_a_kill(supervisor, postgres):
    query(postgres, "create table kept (i int)")
    query(postgres, "insert into kept values (1)")
    postgres.stop()
    assert not (postgres.data / "postmaster.pid").exists()
    postgres.start()
    wait_until(postgres.is_ready)
    kill_and_wait(supervisor, postgres)
    assert query(postgres, "select i from kept") == [(1,)]


def test_a_pid_file_that_names_another_program_does_not_hinder_a_start(postgres):
    postgres.stop()
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    lines = f"{sleeper.pid}\n{postgres.data}\n1\n5432\n{postgres.sockets}\n\n0 0\n"
    pid_file = postgres.data / "postmaster.pid"
    pid_file.write_text(lines)
    os.chown(pid_file, postgres.account.uid, postgres.account.gid)
    postgres.start()
    wait_until(postgres.is_ready)
    assert sleeper.poll() is None
    sleeper.kill()
    sleeper.wait()


def test_a_half_made_cluster_is_made_anew(supervisor, data_dir):
    draft = data_dir / "postgres.new"
    draft.mkdir()
    (draft / "rubbish").touch()
    postgres = Postgres(data_dir, data_dir / "logs", Account(), durable=False)
    supervisor.start(postgres, postgres.is_ready)
    assert not draft.exists()


def test_a_cluster_of_another_version_is_refused_with_a_way_out(postgres):
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Trouble, match=r"made by PostgreSQL 12.*another DATA_DIR"):
        postgres.start()


def test_a_database_is_made_once(postgres):
    postgres.ensure_database("marketplace")
    postgres.ensure_database("marketplace")
    assert query(postgres, "select count(*) from pg_database where datname='marketplace'") == [(1,)]


def test_queued_messages_outlive_a_kill_of_the_broker(supervisor, valkey):
    client = redis.from_url(valkey.url())
    client.rpush("queue", "message")
    client.execute_command("WAITAOF", 1, 0, 2000)
    kill_and_wait(supervisor, valkey)
    assert client.lrange("queue", 0, -1) == [b"message"]


def test_the_broker_has_a_socket_and_no_port(valkey):
    url = urlsplit(valkey.url(3))
    assert parse_qs(url.query) == {"db": ["3"]}
    assert redis.from_url(valkey.url()).config_get("port") == {"port": "0"}
