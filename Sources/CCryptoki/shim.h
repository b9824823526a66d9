#ifndef ANCHORBENCH_CCRYPTOKI_SHIM_H
#define ANCHORBENCH_CCRYPTOKI_SHIM_H

#include <softhsm/cryptoki.h>

#endif
