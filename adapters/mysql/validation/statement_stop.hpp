#pragma once
#include "adapters/mysql/interrupter.hpp"

namespace transload::mysql::validation {

/// A COUNT(*) of a billion rows must not keep a user waiting who asked for a stop.
using StatementStop = Interrupter;

}  // namespace transload::mysql::validation
