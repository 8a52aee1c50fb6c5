from django.http import Http404
from django.shortcuts import render

from .models import Invoice


def invoice_history(request, customer):
    """Show all invoices of one customer, newest first."""
    if not customer:
        raise Http404
    invoices = Invoice.objects.raw(
        "SELECT * FROM billing_invoice WHERE customer_ref = '%s' "
        "ORDER BY issued_at DESC" % customer
    )
    return render(request, "billing/history.html", {"invoices": invoices})
