#include <QDebug>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>

#include "measurements.h"

bool Measurements::rename(const QString &oldName, const QString &newName)
{
    QSqlQuery q(QSqlDatabase::database("lab"));
    const QString sql = QString("UPDATE samples SET name = '%1' WHERE name = '%2'")
                            .arg(newName, oldName);
    if (!q.exec(sql)) {
        qWarning() << "rename failed";
        return false;
    }
    qInfo() << QString("renamed %1 to %2").arg(oldName, newName);
    return q.numRowsAffected() > 0;
}
