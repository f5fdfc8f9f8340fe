#pragma once
#include <string>

#include "tests/shardingsphere/move/move.hpp"

namespace transload::test {

/// Makes the target of a move of LiveWriter's tables two servers: `sbtest1`, `sbtest2`, `ledger` and `notes` are spread
/// over four tables by HASH_MOD, the others live on the world's target. Creates the databases there.
void spread(Move& move, World& world);

/// All rows of the source are on the shards once, each in the table that HASH_MOD says, and nothing is left over.
void check_spread(World& world, const std::string& database);

}  // namespace transload::test
