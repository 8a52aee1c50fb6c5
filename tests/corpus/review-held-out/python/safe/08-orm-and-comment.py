from django.db.models import Count, Q

from .models import Article


def search_articles(term, author=None):
    # Used to be:
    #   cursor.execute("SELECT * FROM article WHERE title LIKE '%" + term + "%'")
    # which let callers inject; the ORM binds the value for us.
    articles = Article.objects.filter(Q(title__icontains=term) | Q(body__icontains=term))
    if author:
        articles = articles.filter(author__username=author)
    return (
        articles.annotate(comments_total=Count("comments"))
        .order_by("-published_at")
        .values("id", "title", "comments_total")
    )
