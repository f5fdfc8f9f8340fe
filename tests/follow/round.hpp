#pragma once
#include <string>

#include "tests/support/test_server.hpp"

namespace transload::test {

struct RoundOptions {
    Flavour source = Flavour::mysql80;
    Flavour target = Flavour::mysql80;
    unsigned seed = 1;
    bool source_gtid = false;
    unsigned kills = 3;      ///< of the program before the cutover is asked for
    bool foreign_keys = true;
    bool calm = false;       ///< nothing is killed, cut or restarted
};

/// One whole job under fire: a workload from before the start to the write stop, while the program is killed, its
/// connections are cut, stalled and refused, and both servers are killed and restarted; then a cutover, with a kill in
/// it, and every row compared. Checks with Catch.
void run_round(const RoundOptions& options);

}  // namespace transload::test
