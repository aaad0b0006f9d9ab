/* base/status.c -- the table of HTTP statuses. */
#include "base/status.h"

const struct http_status http_statuses[] = {
    {200, .phrase = "OK"},
    {204, .phrase = "No Content"},
    {303, .phrase = "See Other"},
    {307, .phrase = "Temporary Redirect"},
    {400, .phrase = "Bad Request", .front = "The web server cannot read this HTTP request"},
    {401, .phrase = "Unauthorized"},
    {403, .phrase = "Forbidden", .front = "The web server does not let you use this path"},
    {404, .phrase = "Not Found", .front = "There is nothing at this path"},
    {405, .phrase = "Method Not Allowed", .front = "No path takes this HTTP method"},
    {408, .phrase = "Request Timeout", .front = "The request did not arrive in time"},
    {411, .phrase = "Length Required", .front = "Send the body with a Content-Length"},
    {412, .phrase = "Precondition Failed",
	.front = "The file is not the one that the request names"},
    {413, .phrase = "Content Too Large", .front = "The request is longer than maxSizeRequest",
	.code = ERR_BODY_LIMIT, .limit = "maxSizeRequest"},
    {414, .phrase = "URI Too Long", .front = "The path and the query are too long"},
    {415, .phrase = "Unsupported Media Type"},
    {416, .phrase = "Range Not Satisfiable", .front = "The file has no such range of bytes"},
    {417, .phrase = "Expectation Failed", .front = "Send no Expect but 100-continue"},
    {421, .phrase = "Misdirected Request", .front = "This connection is for another host"},
    {429, .phrase = "Too Many Requests",
	.front = "There are too many requests; try again later"},
    {431, .phrase = "Request Header Fields Too Large", .front = "The headers are too long"},
    {499, .phrase = "Client Closed Request"}, /* only in the log, as in nginx */
    {500, .phrase = "Internal Server Error",
	.front = "The web server failed; its log says why"},
    {501, .phrase = "Not Implemented",
	.front = "The web server does not know this HTTP method or encoding"},
    {502, .phrase = "Bad Gateway", .front = "The outbox broke off its answer"},
    {503, .phrase = "Service Unavailable",
	.front = "The outbox does not answer at the moment; try again"},
    {504, .phrase = "Gateway Timeout", .front = "The outbox did not answer in time"},
    {505, .phrase = "HTTP Version Not Supported", .front = "Use HTTP/1.1 or HTTP/2"},
    {0},
};

const char *
http_phrase(int status)
{
	for (const struct http_status *s = http_statuses; s->status != 0; s++)
		if (s->status == status)
			return s->phrase;
	return "";
}
