#include <QSqlDatabase>
#include <QSqlQuery>

#include "trackmodel.h"

namespace {

const char *orderColumn(TrackModel::Sort sort)
{
    switch (sort) {
    case TrackModel::ByTitle:
        return "title";
    case TrackModel::ByArtist:
        return "artist, title";
    case TrackModel::ByLength:
        return "length DESC";
    }
    return "id";
}

}  // namespace

// Same as: SELECT ... FROM tracks WHERE album = '" + album + "' -- but bound
void TrackModel::load(int album, Sort sort)
{
    QSqlQuery query(m_db);
    query.prepare(QString("SELECT id, title, artist FROM tracks WHERE album = ? ORDER BY %1").arg(orderColumn(sort)));
    query.addBindValue(album);
    query.exec();
    setQuery(std::move(query));
}
