"""The few columns the minimal pages need, over the real tables."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models


class User(models.Model):
    full_name = models.CharField(max_length=120)

    class Meta:
        managed = False
        db_table = "accounts_user"
        app_label = "limits"


class Industry(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        managed = False
        db_table = "accounts_industry"
        app_label = "limits"


class Company(models.Model):
    name = models.CharField(max_length=120)

    class Meta:
        managed = False
        db_table = "accounts_company"
        app_label = "limits"


class Assignment(models.Model):
    reference = models.CharField(max_length=12)
    status = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    description = models.TextField()
    city = models.CharField(max_length=80)
    budget = models.DecimalField(max_digits=14, decimal_places=2)
    on_marketplace = models.BooleanField()
    starts_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    revision = models.IntegerField()
    search = SearchVectorField()
    company = models.ForeignKey(Company, models.DO_NOTHING)
    industry = models.ForeignKey(Industry, models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "assignments_assignment"
        app_label = "limits"


class Message(models.Model):
    thread_id = models.BigIntegerField()
    body = models.TextField()
    posted_at = models.DateTimeField()
    author = models.ForeignKey(User, models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "messaging_message"
        app_label = "limits"


class History(models.Model):
    assignment = models.ForeignKey(Assignment, models.DO_NOTHING, db_constraint=False)
    user = models.ForeignKey(User, models.DO_NOTHING, db_constraint=False)
    what = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "limits"


class Account(models.Model):
    balance = models.BigIntegerField(default=0)

    class Meta:
        app_label = "limits"


class Entry(models.Model):
    account = models.ForeignKey(Account, models.PROTECT)
    amount = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "limits"
