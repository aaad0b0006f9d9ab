/* config/version.h -- what --version says. */
#ifndef CONFIG_VERSION_H
#define CONFIG_VERSION_H

#define OUTBOX_VERSION "0.1.0"

#endif
