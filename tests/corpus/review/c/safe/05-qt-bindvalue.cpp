#include <QSqlQuery>
#include <QVariant>

#include "articlemodel.h"

bool ArticleModel::insertArticle(const QString &title, const QString &author)
{
    QSqlQuery query(m_db);
    query.prepare("INSERT INTO articles (title, author) "
                  "VALUES (:title, :author)");
    query.bindValue(":title", title);
    query.bindValue(":author", author);
    return query.exec();
}

QString ArticleModel::summary(int shown, int total) const
{
    return tr("Select articles from the list (%1 of %2 shown)").arg(shown).arg(total);
}

bool ArticleModel::removeBy(const QString &author)
{
    QSqlQuery query(m_db);
    query.prepare(QStringLiteral("DELETE FROM articles WHERE author = ?"));
    query.addBindValue(author);
    emit statusMessage("Deleting articles of " + author + " from the list");
    return query.exec();
}
