/* The types of libpq and nothing to link with: the library is opened when a PostgreSQL database is. */
#ifndef ANCHORBENCH_CLIBPQ_SHIM_H
#define ANCHORBENCH_CLIBPQ_SHIM_H

#include <postgresql/libpq-fe.h>

#endif
