#ifndef ANCHORBENCH_CZLIB_SHIM_H
#define ANCHORBENCH_CZLIB_SHIM_H

#include <zlib.h>

#endif
