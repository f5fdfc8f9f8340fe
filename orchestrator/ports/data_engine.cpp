#include "orchestrator/ports/data_engine.hpp"

namespace transload {

// What an engine has nothing to do for that does not follow the source.
FollowStatus DataEngine::follow(const DataJob&, RunControl&) { return {true, "does not follow the source"}; }
void DataEngine::go_on_behind(const DataJob&, const CommonView&, RunControl&) {}

CommonView DataEngine::common_view(const DataJob&, const CommonViewWish&, RunControl&) { return {}; }
std::optional<std::vector<TableName>> DataEngine::check_changes(const DataJob&, RunControl&) { return std::nullopt; }
std::string DataEngine::drain(const DataJob&, std::chrono::milliseconds, RunControl&) { return {}; }
std::vector<TableName> DataEngine::locations(const DataJob& job) {
    std::vector<TableName> names;
    for (const TablePlan& plan : job.tables) names.push_back(plan.target);
    return names;
}
void DataEngine::halt(const DataJob&, RunControl&) {}
std::vector<TableName> DataEngine::check(const DataJob&, RunControl&) { return {}; }
void DataEngine::redo(const DataJob&, const std::vector<TableName>&, std::chrono::milliseconds, RunControl&) {}
void DataEngine::give_up(const DataJob&, const TableName&, RunControl&) {}
void DataEngine::commit(const DataJob&, RunControl&) {}
void DataEngine::abandon(const DataJob&, RunControl&) {}

}  // namespace transload
