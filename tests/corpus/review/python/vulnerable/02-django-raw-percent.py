from django.http import JsonResponse
from django.views.decorators.http import require_GET

from .models import Parcel


@require_GET
def parcels_for_depot(request):
    """Return the parcels waiting in a depot, newest first."""
    depot = request.GET.get("depot")
    if not depot:
        return JsonResponse({"error": "depot is required"}, status=400)

    parcels = Parcel.objects.raw("SELECT * FROM logistics_parcel WHERE depot_code = '%s' ORDER BY created_at DESC" % depot)
    return JsonResponse({"parcels": [p.as_dict() for p in parcels]})


def parcels_overdue(days):
    return Parcel.objects.filter(days_waiting__gt=days).order_by("-created_at")
