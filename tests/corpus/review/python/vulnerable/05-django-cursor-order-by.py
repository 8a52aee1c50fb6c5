from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import connection
from django.views.generic import TemplateView


class LeaderboardView(LoginRequiredMixin, TemplateView):
    template_name = "games/leaderboard.html"
    page_size = 25

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        sort = self.request.GET.get("sort", "points")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT player, points, wins FROM games_score WHERE season = %s ORDER BY {sort} DESC LIMIT 25",
                [self.kwargs["season"]],
            )
            context["rows"] = cursor.fetchall()
        context["sort"] = sort
        return context
