from django.db.models import F, Q, Sum

from .models import Membership


def overdue_members(club, cutoff, name=""):
    """Members of a club whose fee is overdue.

    Roughly the same as::

        SELECT m.* FROM members_membership m
        WHERE m.club_id = <club> AND m.paid_until < <cutoff>
        ORDER BY m.paid_until

    Earlier versions built "SELECT ... WHERE name = '" + name + "'" by hand; do not go back to that.
    """
    # was: cursor.execute("SELECT * FROM members WHERE name LIKE '%" + name + "%'")
    members = Membership.objects.filter(club=club, paid_until__lt=cutoff)
    if name:
        members = members.filter(Q(first_name__icontains=name) | Q(last_name__icontains=name))
    return members.order_by("paid_until")


def add_reminder_fee(members, amount):
    members.update(balance=F("balance") - amount)
    return members.aggregate(total=Sum("balance"))["total"]
