/* login/private.h -- shared by the files of login/. */
#ifndef LOGIN_PRIVATE_H
#define LOGIN_PRIVATE_H

#include "login/login.h"

struct login {
	struct login_options options;
	bool has_form_key;
	uint8_t form_key[STORE_FORM_KEY_LEN];
};

#endif
