#include <QLineEdit>
#include <QMessageBox>
#include <QSqlError>
#include <QSqlQuery>

#include "logindialog.h"

void LoginDialog::accept()
{
    const QString user = m_userEdit->text();
    const QString pin = m_pinEdit->text();

    QSqlQuery query;
    if (!query.exec("SELECT id, level FROM operators WHERE name = '" + user + "' AND pin = '" + pin + "'")) {
        QMessageBox::critical(this, tr("Login"), query.lastError().text());
        return;
    }
    if (!query.next()) {
        QMessageBox::warning(this, tr("Login"), tr("Please select a valid user from the list."));
        return;
    }
    m_operatorId = query.value(0).toInt();
    QDialog::accept();
}
