#include "adapters/shardingsphere/gate/gate.hpp"
namespace transload::shardingsphere {
Findings ShardingSphereGate::choose(const JobSpec& spec, std::vector<TablePlan>& tables, RunControl&) {
    for (TablePlan& plan : tables) {
        bool json = !plan.key;
        for (const Column& column : plan.columns) json = json || column.data_type == "json" || column.data_type == "time" || column.generated;
        plan.engine = spec.shardingsphere.proxies.empty() || json ? EngineChoice::native : EngineChoice::shardingsphere;
    }
    return {};
}
}
