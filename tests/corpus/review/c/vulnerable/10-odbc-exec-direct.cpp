#include <sql.h>
#include <sqlext.h>

#include <string>

#include "odbc_util.h"

bool TerminalLog::append(const std::string& terminal, const std::string& note)
{
    SQLHSTMT stmt = SQL_NULL_HSTMT;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc_, &stmt)))
        return false;

    std::string sql = "INSERT INTO terminal_log (terminal, note) VALUES ('";
    sql += terminal + "', '" + note + "')";

    const SQLRETURN rc = SQLExecDirect(stmt, reinterpret_cast<SQLCHAR*>(sql.data()), SQL_NTS);
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
    return SQL_SUCCEEDED(rc);
}
