#include <stdio.h>
#include <syslog.h>

#include "menu.h"

void menu_help(const char *menu, const char *user, char *out, size_t size)
{
    /* Once: sprintf(sql, "SELECT * FROM menus WHERE name = '%s'", menu); */
    syslog(LOG_INFO, "update from %s: set menu to %s", user, menu);
    snprintf(out, size, "Select an entry from %s, where available.", menu);
    if (menu[0] == '\0') {
        fprintf(stderr, "cannot delete from %s: no entries\n", menu);
        return;
    }
    printf("Insert a disk into %s and press return, %s.\n", menu, user);
}
