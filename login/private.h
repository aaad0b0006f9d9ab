/* login/private.h -- what the files of login/ share. */
#ifndef LOGIN_PRIVATE_H
#define LOGIN_PRIVATE_H

#include "login/login.h"

struct login {
	struct login_options options;
	bool has_form_key;
	uint8_t form_key[STORE_FORM_KEY_LEN];
};

#endif
