"""The logins of the demonstration, for the seed, the login page and the terminal."""

PASSWORD = "demo-pass-2026"
LOGINS = [
    ("client@demo.test", "administrator of Harbor Retail Services"),
    ("controller@demo.test", "controller there: money, no posting"),
    ("manager@demo.test", "manager there, with limits"),
    ("redclient@demo.test", "a company with a red scorecard"),
    ("worker@demo.test", "Dana Whitfield, field worker"),
    ("worker2@demo.test", "another field worker"),
    ("agent@demo.test", "staff: escalations agent"),
    ("lead@demo.test", "staff: escalations lead"),
    ("auditor@demo.test", "staff: escalations auditor, reads only"),
    ("admin@demo.test", "staff: superuser"),
]
