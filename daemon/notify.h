/* daemon/notify.h -- reports the state of outboxd to systemd (sd_notify(3)). */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/* socket is the value of NOTIFY_SOCKET; NULL: does nothing. state is "READY=1", for example.  A
 * failure cannot be reported and is ignored. */
void notify(const char *socket, const char *state);

#endif
