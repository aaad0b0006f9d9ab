/* daemon/notify.h -- tells systemd how it goes (sd_notify(3)); nothing to do where nobody asks.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/* socket: the value of NOTIFY_SOCKET, or NULL.  state: "READY=1".  There is nobody to tell of a
 * failure. */
void notify(const char *socket, const char *state);

#endif
