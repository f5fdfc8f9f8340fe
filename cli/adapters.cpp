#include "cli/adapters.hpp"

#include "adapters/liquibase/schema_tool.hpp"
#include "adapters/mysql/catalog.hpp"
#include "adapters/mysql/preflight/preflight.hpp"
#include "adapters/mysql/validation/validator.hpp"
#include "adapters/native/native_engine.hpp"

namespace transload::cli {

struct Adapters::Parts {
    mysql::MysqlCatalog catalog;
    mysql::MysqlPreflight preflight;
    liquibase::LiquibaseSchemaTool schema;
    native::NativeEngine native_engine;
    mysql::MysqlValidator validator;
};

Adapters::Adapters() : parts_(std::make_unique<Parts>()) {}
Adapters::~Adapters() = default;

StepPorts Adapters::ports() {
    return {parts_->catalog, parts_->preflight, parts_->schema, parts_->native_engine, parts_->validator};
}

}  // namespace transload::cli
