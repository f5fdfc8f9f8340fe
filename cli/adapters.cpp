#include "cli/adapters.hpp"

#include "adapters/handover/hand_over.hpp"
#include "adapters/liquibase/schema_tool.hpp"
#include "adapters/mysql/catalog.hpp"
#include "adapters/mysql/preflight/preflight.hpp"
#include "adapters/mysql/validation/validator.hpp"
#include "adapters/mysql/write_gate/write_gate.hpp"
#include "adapters/native/native_engine.hpp"
#include "adapters/shardingsphere/engine/shardingsphere_engine.hpp"
#include "adapters/shardingsphere/gate/gate.hpp"

namespace transload::cli {

struct Adapters::Parts {
    mysql::MysqlCatalog catalog;
    mysql::MysqlPreflight preflight;
    liquibase::LiquibaseSchemaTool schema;
    shardingsphere::ShardingSphereGate engine_gate;
    native::NativeEngine native_engine;
    shardingsphere::ShardingSphereEngine shardingsphere_engine;
    mysql::MysqlWriteGate write_gate;
    handover::ExternalHandOver hand_over;
    mysql::MysqlValidator validator;
};

Adapters::Adapters() : parts_(std::make_unique<Parts>()) {}
Adapters::~Adapters() = default;

StepPorts Adapters::ports() {
    return {parts_->catalog,       parts_->preflight,
            parts_->schema,        parts_->engine_gate,
            parts_->native_engine, parts_->shardingsphere_engine,
            parts_->write_gate,    parts_->hand_over,
            parts_->validator};
}

}  // namespace transload::cli
