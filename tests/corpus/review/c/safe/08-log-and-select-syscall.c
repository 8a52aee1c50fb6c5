#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>

int wait_for_peer(int fd, const char *peer, struct timeval *tv)
{
    char note[256];
    fd_set set;

    FD_ZERO(&set);
    FD_SET(fd, &set);
    if (select(fd + 1, &set, NULL, NULL, tv) < 0) {
        fprintf(stderr, "select from %s failed: %s\n", peer, strerror(errno));
        return -1;
    }
    snprintf(note, sizeof(note), "update from %s received, set of sockets is now %d", peer, fd);
    puts(note);
    return FD_ISSET(fd, &set);
}

void log_removed(const char *item, const char *cache)
{
    printf("Deleted %s from %s\n", item, cache);
    printf("delete from %s where unused: done\n", cache);
}
