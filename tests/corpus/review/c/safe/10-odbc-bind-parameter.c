#include <sql.h>
#include <sqlext.h>
#include <string.h>

int set_shelf(SQLHDBC dbc, const char *barcode, SQLINTEGER shelf)
{
    SQLHSTMT stmt;
    SQLRETURN rc;
    SQLLEN len = SQL_NTS;

    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt)))
        return -1;

    SQLPrepare(stmt, (SQLCHAR *)"UPDATE books SET shelf = ? WHERE barcode = ?", SQL_NTS);
    SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &shelf, 0, NULL);
    SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 32, 0,
                     (SQLPOINTER)barcode, strlen(barcode), &len);
    rc = SQLExecute(stmt);
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
    return SQL_SUCCEEDED(rc) ? 0 : -1;
}
