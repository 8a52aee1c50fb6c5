from django.db.models import Count
from rest_framework import viewsets

from .models import Article
from .serializers import ArticleSerializer


class ArticleViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = ArticleSerializer

    def get_queryset(self):
        qs = Article.objects.filter(published=True).annotate(n_comments=Count("comments"))
        tag = self.request.query_params.get("tag")
        if tag:
            qs = qs.extra(
                where=["blog_article.id IN (SELECT article_id FROM blog_tagging WHERE tag = '%s')" % tag],
            )
        return qs.order_by("-published_at")
