#pragma once
#include <string>
#include <vector>

#include "adapters/handover/facts.hpp"

namespace transload::handover {

/// Runs the program with the facts on its standard input, TRANSLOAD_JOB_ID and TRANSLOAD_EVENT in its environment, and
/// no other variable of Transload's. What it prints becomes events. Throws Error{failed, "cutover.hand_over"} when it
/// can't be started, fails (with its last line) or is not done at the deadline.
void run_command(const std::vector<std::string>& command, const HandOverFacts& facts, const std::string& document,
                 Deadline deadline, RunControl& control);

}  // namespace transload::handover
