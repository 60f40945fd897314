"""What the demonstration's companies post: kinds of work, places, names, words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assignments.pricing import Terms


@dataclass(frozen=True)
class Job:
    """A kind of work: how it is described, priced and handed in.

    ``hourly`` is paid by the hour, ``blended`` at a higher rate for the first two hours,
    ``unit`` for each of ``hours`` × 4 of what it names.
    """

    title: str
    industry: str
    skills: tuple[str, ...]
    description: str
    hours: int
    price: Decimal
    hourly: bool = False
    blended: bool = False
    unit: str = ""
    remote: bool = False
    deliverables: tuple[str, ...] = ("Photos of the finished work",)

    @property
    def terms(self) -> Terms:
        """What it pays, before a company's own mark-up."""
        if self.hourly:
            return Terms("hourly", hourly_rate=self.price, max_hours=Decimal(self.hours))
        if self.blended:
            return Terms(
                "blended", first_rate=self.price + 20, first_hours=Decimal(2),
                second_rate=self.price, second_hours=Decimal(self.hours - 2),
            )  # fmt: skip
        if self.unit:
            most = Decimal(self.hours * 4)
            return Terms("unit", unit_price=self.price, max_units=most, unit_name=self.unit)
        return Terms("flat", flat_price=self.price)


def _job(title: str, industry: str, skills: str, hours: int, price: int, description: str,
         deliverables: str = "Photos of the finished work", **kw: Any) -> Job:  # fmt: skip
    wanted = tuple(part.strip() for part in deliverables.split(";") if part.strip())
    return Job(title, industry, tuple(skills.split(", ")), description, hours, Decimal(price),
               deliverables=wanted, **kw)  # fmt: skip


JOBS = (
    _job("Replace a network switch", "networking-telecom", "cabling, switches", 4, 260,
         "Swap the 24-port switch in the back-office rack for the one waiting on site.\n\n"
         "- Photograph the rack before you start\n- Move the patch leads port for port\n"
         "- Label both ends of each lead\n- Call the support desk to test the uplink\n\n"
         "Bring a laptop with a console cable, a cage-nut tool and velcro ties.",
         "Photo of the rack before; Photo of the rack after"),
    _job("Install two receipt printers", "point-of-sale", "pos, printers", 3, 180,
         "Unbox, mount and connect two receipt printers at the front tills, print the test page "
         "on each and pack the old ones for return. The manager signs the test slips.",
         "Signed test slips"),
    _job("Survey a store for new access points", "networking-telecom", "wifi, site surveys", 5, 48,
         "Walk the store with the survey app we provide, note ceiling heights and power, and "
         "mark a place for each of the access points on the floor plan.",
         "Marked floor plan; Photos of each proposed place", hourly=True),
    _job("Hang a menu board", "audio-video", "mounting, displays", 4, 320,
         "Mount one 55-inch menu board over the counter on the bracket supplied, route the "
         "power and network leads inside the trunking, and start the player.",
         "Photo from the entrance; Photo of the cabling"),
    _job("Pull and terminate six cable drops", "networking-telecom", "cabling, testing", 6, 52,
         "Pull six category 6A drops from the closet to the new desks, terminate, test and label. "
         "The ceiling is open; ladders are on site. Test results are part of the work.",
         "Test report; Photos of the patch panel", hourly=True),
    _job("Replace a card reader", "point-of-sale", "pos, payments hardware", 2, 140,
         "Replace the card reader at till 3 and pair it with the till. Two test payments of one "
         "cent are made with the support desk on the phone.", "Photo of the reader in place"),
    _job("Set up ten laptops", "information-technology", "windows, imaging", 6, 42,
         "Image ten laptops from the stick supplied, join them to the domain with the desk on the "
         "phone, and hand each to its user with the one-page guide.",
         "List of serial numbers", hourly=True),
    _job("Mount four cameras", "security-systems", "cameras, cabling", 7, 480,
         "Mount four dome cameras at the marked places, connect them to the recorder and aim them "
         "with the security desk watching. Lifts are not needed.",
         "Photo of each camera; Screenshot of the recorder"),
    _job("Write network documentation", "networking-telecom", "documentation, diagrams", 8, 55,
         "Turn our inventory list and rack photos into one diagram per site and a two-page "
         "description. Everything is done remotely; questions in the messages.",
         "Diagram; Description", hourly=True, remote=True),
    _job("Swap a failing hard disk", "information-technology", "hardware", 2, 120,
         "Replace the failing disk of the back-office computer with the one on site and start the "
         "restore. The support desk watches it finish.", "Photo of the new disk's label"),
    _job("Label and scan shelf tags", "point-of-sale", "scanning, retail", 4, 6,
         "Print a new tag for every shelf with a changed price, scan it with the handset on site "
         "and hang it. Each hung and scanned tag counts; the list names up to sixteen bays.",
         "Export of the handset", unit="bay"),
    _job("Find a fault in the cabling", "networking-telecom", "cabling, testing", 5, 46,
         "Two desks lose their link now and then. Find out why with a cable tester, mend what can "
         "be mended with the parts on site, and write down what else is needed.",
         "Test report", blended=True),
    _job("Check a cooling unit", "facilities", "hvac, refrigeration", 3, 210,
         "Check pressures, clean the coil and replace the filter of the server room's cooling "
         "unit. Note the readings on the form on site.", "Photo of the readings"),
    _job("Light up a new circuit", "networking-telecom", "telecom, testing", 3, 195,
         "Meet the carrier at the demarc, extend the circuit to our rack, and test with the "
         "network desk for fifteen minutes.", "Photo of the demarc; Test results"),
)  # fmt: skip

SITES = (
    ("43215", "12 Spring Street"), ("43085", "640 High Street"), ("45202", "200 Vine Street"),
    ("44113", "1375 Euclid Ave"), ("48226", "500 Woodward Avenue"), ("46204", "30 Meridian Street"),
    ("60606", "233 Wacker Drive"), ("60201", "1603 Orrington Ave"), ("53202", "789 Water Street"),
    ("15222", "301 Grant Street"), ("40202", "401 Main Street"), ("19103", "1650 Market Street"),
    ("80202", "1144 Fifteenth Street"), ("85004", "201 Central Avenue"), ("97204", "1000 Broadway"),
    ("33130", "88 Flagler Street"),
)  # fmt: skip

CONTACTS = (
    ("Priya Rao", "614 555 0114"), ("Tom Becker", "513 555 0162"), ("Lucy Grant", "312 555 0139"),
    ("Omar Haddad", "216 555 0177"), ("Beth Nakamura", "317 555 0108"),
)  # fmt: skip

NOTES = (
    "I live twenty minutes away and did three of these for another client last month.",
    "I have all the tools on the list and can be there half an hour early.",
    "Happy to take this. Is there parking for a van behind the store?",
    "I can also do the neighboring store on the same day.",
    "This is my daily work. Photos and labels as you ask.",
)

DURING_WORK = (
    ("The rack is locked. Who on site has the key?",
     "The manager has it, she is at the counter until five."),
    ("The bracket is missing one bolt; I have a fitting one in the van, is that fine?",
     "Yes, please use yours and note it in the summary."),
    ("Where do you want the old unit?", "Please leave it with the manager."),
    ("The spare on the shelf carries a newer label than the list. Shall I use it?",
     "Yes, that is the right one. Thank you for asking."),
    ("I am in and have found everything. The first photos come before noon.",
     "Great, I will look at them this afternoon."),
)  # fmt: skip
"""What a worker writes from the site, and the answer to it."""

WORKER_PRAISE = (
    "Arrived early, labeled everything, left the room cleaner than before.",
    "Good work and good photos. Would book again.",
    "Solved a missing part on his own and told us at once.",
    "",
)
COMPANY_PRAISE = (
    "Clear description, quick answers, paid the next morning.",
    "The support desk picked up at once. Good client.",
    "All as described.",
    "",
)
COMPANY_BLAME = (
    "Took a week to approve, and I had to ask three times.",
    "The description left out half of the work.",
    "Paid late again. The work itself was fine.",
)

FIRST = """
    Aisha Ben Carla Dmitri Elena Felix Grace Hassan Ivy Jonas Keiko Liam Maya Noah Olga Pablo
    Quinn Rosa Sam Tara Uma Victor Wendy Xavier Yara Zane Amir Brooke Cyrus Delia Emil Fiona
    Gus Hana Igor June Kofi Lena
""".split()  # noqa: SIM905
LAST = """
    Adler Banerjee Castillo Dubois Eriksen Flores Goldman Hughes Ibrahim Jansen Kowalski Lopez
    Mbeki Novak Okafor Petrov Quintero Rossi Schmidt Tanaka Ueda Vargas Walsh Xu Young Zimmer
    Abbott Brandt Chen Diaz Engel Fischer Garcia Hoang Ito Jones Klein Larsen
""".split()  # noqa: SIM905
