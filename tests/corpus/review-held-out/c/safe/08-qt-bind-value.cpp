#include <QDateTime>
#include <QSqlQuery>
#include <QStringList>
#include <QVariant>

#include "notestore.h"

bool NoteStore::load(const QStringList &ids)
{
    QStringList marks;
    for (int i = 0; i < ids.size(); ++i)
        marks << QStringLiteral("?");

    QSqlQuery query(m_db);
    query.prepare(QStringLiteral("SELECT id, body FROM notes WHERE id IN (%1)").arg(marks.join(',')));
    for (const QString &id : ids)
        query.addBindValue(id);
    if (!query.exec())
        return false;

    query.prepare("UPDATE notes SET opened = :now");
    query.bindValue(":now", QDateTime::currentDateTime());
    return query.exec();
}
