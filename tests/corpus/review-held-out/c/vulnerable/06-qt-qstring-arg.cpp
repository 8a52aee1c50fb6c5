#include <QDebug>
#include <QSqlError>
#include <QSqlQuery>
#include <QString>

#include "playlistmodel.h"

void PlaylistModel::setFilter(const QString &artist)
{
    QSqlQuery query(m_database);
    const QString sql = QString("SELECT id, title FROM tracks WHERE artist = '%1' ORDER BY title").arg(artist);
    if (!query.exec(sql)) {
        qWarning() << "filter failed:" << query.lastError().text();
        return;
    }

    beginResetModel();
    m_tracks.clear();
    while (query.next())
        m_tracks.append({query.value(0).toInt(), query.value(1).toString()});
    endResetModel();
}
