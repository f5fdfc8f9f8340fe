#pragma once
#include "adapters/mysql/interrupter.hpp"

namespace transload::native {

using mysql::Interrupter;

}  // namespace transload::native
