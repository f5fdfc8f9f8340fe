#include "adapters/shardingsphere/distsql/proxy.hpp"

#include <strings.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "adapters/shardingsphere/distsql/proxy_error.hpp"
#include "adapters/shardingsphere/distsql/results.hpp"
#include "adapters/shardingsphere/distsql/session.hpp"
#include "adapters/shardingsphere/distsql/statements.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;

constexpr unsigned no_job = 18101;
constexpr unsigned no_check = 18112;
constexpr unsigned unknown_exception = 30000;
/// While migrations end, listing them fails; each takes the proxy half a second to end.
constexpr milliseconds list_patience{5'000};
constexpr milliseconds between_lists{50};

/// These read the metadata of every table of a unit, or wait for running work: slow is not dead.
constexpr int slow_factor = 4;

/// What a rule looks like after the proxy: it counts batches, not rows.
MigrationRule as_kept(MigrationRule rule) {
    rule.rows_per_second = statements::batches_per_second(rule) * rule.read_batch;
    return rule;
}

bool holds(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool holds(const std::vector<UnitRow>& units, const std::string& name) {
    return std::any_of(units.begin(), units.end(), [&](const UnitRow& unit) { return unit.name == name; });
}

/// Names of tables match in any case, as they do in the proxy.
bool same_name(const results::AnswerRow& row, const std::string& column, const std::string& name) {
    const auto found = row.find(column);
    return found != row.end() && strcasecmp(found->second.c_str(), name.c_str()) == 0;
}

std::string without(std::string text, const std::string& secret) {
    if (secret.empty()) return text;
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
        text.replace(at, secret.size(), "***");
    return text;
}

}  // namespace

struct Proxy::Impl {
    ProxyOptions options;
    milliseconds limit;
    Session session;

    Impl(ProxyOptions how, milliseconds answer_limit)
        : options(std::move(how)), limit(answer_limit), session(options.endpoint) {}

    results::AnswerRows ask(std::string_view statement) { return session.run(statement, limit); }
    void act(std::string_view statement) { session.run_long(statement, limit * slow_factor, limit); }

    /// A registration's error may repeat what it was given.
    void act_with_secret(const std::string& statement, const Secret& secret) {
        try {
            act(statement);
        } catch (const ProxyError& error) {
            throw ProxyError(error.kind(), error.code(), error.id(), error.object(),
                             without(error.message(), secret.reveal()), error.remedy());
        }
    }

    /// Waits until the proxy shows what a statement changed. It answers before its own watch of ZooKeeper has told it
    /// of the change, shows the old state again now and then while it loads, and forgets some changes for good.
    template <class Condition>
    void settle(const std::string& change, Condition shown) {
        constexpr milliseconds pause{40};
        constexpr int often_enough = 4;
        const auto deadline = std::chrono::steady_clock::now() + limit;
        for (int times = 0; times < often_enough;) {
            times = shown() ? times + 1 : 0;
            if (times < often_enough && std::chrono::steady_clock::now() > deadline)
                throw ProxyError(ErrorKind::failed, 0, "shardingsphere.not_kept", options.endpoint.label(),
                                 "the proxy took a statement and did not keep it: " + change,
                                 "read the proxy's log; check ZooKeeper and the proxy's connection to it");
            std::this_thread::sleep_for(pause);
        }
    }

    /// Names of units in the session's database, once rules go with them.
    std::vector<UnitRow> ready_units() {
        if (ask("SHOW DEFAULT SINGLE TABLE STORAGE UNIT").empty()) return {};
        return results::units(ask("SHOW STORAGE UNITS"));
    }

    /// The rows of a question about a job; nullopt when the proxy has no such thing.
    std::optional<results::AnswerRows> ask_unless(unsigned absent, const std::string& statement) {
        try {
            return ask(statement);
        } catch (const ProxyError& error) {
            if (error.code() != absent) throw;
            return std::nullopt;
        }
    }
};

Proxy::Proxy(ProxyOptions options, milliseconds answer_limit)
    : impl_(std::make_unique<Impl>(std::move(options), answer_limit)) {}
Proxy::~Proxy() = default;
Proxy::Proxy(Proxy&&) noexcept = default;
Proxy& Proxy::operator=(Proxy&&) noexcept = default;

const ProxyOptions& Proxy::options() const noexcept { return impl_->options; }

bool Proxy::alive() noexcept {
    try {
        (void)impl_->ask("SHOW COMPUTE NODE INFO");
        return true;
    } catch (const ProxyError& error) {
        return !error.no_answer();
    } catch (...) {
        return false;
    }
}

ProxyMode Proxy::mode() { return results::mode(impl_->ask("SHOW COMPUTE NODE MODE")); }
ComputeNode Proxy::self() { return results::compute_node(impl_->ask("SHOW COMPUTE NODE INFO")); }

std::vector<std::string> Proxy::databases() { return results::column(impl_->ask("SHOW DATABASES"), "database"); }

void Proxy::create_database(const std::string& name) {
    impl_->act(statements::create_database(name));
    impl_->settle("database " + name, [&] { return holds(databases(), name); });
}

void Proxy::drop_database(const std::string& name) {
    const std::string statement = statements::drop_database(name);
    impl_->session.leave(name);
    impl_->act(statement);
    impl_->settle("no database " + name, [&] { return !holds(databases(), name); });
}

void Proxy::use(const std::string& name) { impl_->session.use(name, impl_->limit); }

std::vector<UnitRow> Proxy::storage_units(const std::string& database) {
    return results::units(impl_->ask(statements::show_storage_units(database)));
}

void Proxy::register_storage_unit(const UnitDefinition& unit) {
    impl_->act_with_secret(statements::register_storage_unit(unit), unit.endpoint.password);
    impl_->settle("unit " + unit.name, [&] { return holds(impl_->ready_units(), unit.name); });
}

void Proxy::unregister_storage_unit(const std::string& name) {
    impl_->act(statements::unregister_storage_unit(name));
    impl_->settle("no unit " + name,
                  [&] { return !holds(results::units(impl_->ask("SHOW STORAGE UNITS")), name); });
}

std::vector<UnitRow> Proxy::source_units() {
    return results::units(impl_->ask("SHOW MIGRATION SOURCE STORAGE UNITS"));
}

void Proxy::register_source_unit(const UnitDefinition& unit) {
    impl_->act_with_secret(statements::register_source_unit(unit), unit.endpoint.password);
    impl_->settle("source unit " + unit.name, [&] { return holds(source_units(), unit.name); });
}

void Proxy::unregister_source_unit(const std::string& name) { impl_->act(statements::unregister_source_unit(name)); }

MigrationRule Proxy::migration_rule() { return results::migration_rule(impl_->ask("SHOW MIGRATION RULE")); }

void Proxy::set_migration_rule(const MigrationRule& rule) {
    impl_->act(statements::alter_migration_rule(rule));
    impl_->settle("migration rule", [&] { return migration_rule() == as_kept(rule); });
}

void Proxy::create_sharding_rule(const ShardingRule& rule) {
    impl_->act(statements::create_sharding_rule(rule));
    impl_->settle("sharding rule of " + rule.table, [&] { return holds(sharding_rules(), rule.table); });
}

std::vector<std::string> Proxy::sharding_rules() {
    return results::column(impl_->ask("SHOW SHARDING TABLE RULES"), "table");
}

void Proxy::drop_sharding_rule(const std::string& table) {
    impl_->act(statements::drop_sharding_rule(table));
    impl_->settle("no sharding rule of " + table, [&] { return !holds(sharding_rules(), table); });
}

std::vector<std::string> Proxy::sharding_nodes(const std::string& table) {
    return results::nodes(impl_->ask(statements::show_sharding_nodes(table)));
}

void Proxy::set_default_single_unit(const std::string& unit) {
    impl_->act(statements::set_default_single_unit(unit));
    impl_->settle("default unit " + unit, [&] {
        return holds(results::column(impl_->ask("SHOW DEFAULT SINGLE TABLE STORAGE UNIT"), "storage_unit_name"), unit);
    });
}

void Proxy::load_single_tables(const std::string& unit, const std::vector<std::string>& tables) {
    if (tables.empty()) return;
    impl_->act(statements::load_single_tables(unit, tables));
    impl_->settle("single tables of " + unit, [&] {
        const auto rows = impl_->ask("SHOW SINGLE TABLES");
        return std::all_of(tables.begin(), tables.end(), [&](const std::string& table) {
            return std::any_of(rows.begin(), rows.end(), [&](const results::AnswerRow& row) {
                return same_name(row, "table_name", table) && same_name(row, "storage_unit_name", unit);
            });
        });
    });
}

void Proxy::refresh_metadata() { impl_->act("REFRESH TABLE METADATA"); }

void Proxy::migrate_table(const std::string& source_unit, const std::string& table, const std::string& database,
                          const std::string& target_table) {
    impl_->act(statements::migrate_table(source_unit, table, database, target_table));
}

std::vector<MigrationEntry> Proxy::migrations() {
    // The proxy lists the names and then reads each: a migration that another session ends in between fails the whole
    // list, with "no job" when its node is gone, with a NullPointerException when only the node's value is. The next list
    // does not have it.
    const auto end = std::chrono::steady_clock::now() + list_patience;
    while (true) {
        try {
            return results::migrations(impl_->ask("SHOW MIGRATION LIST"));
        } catch (const ProxyError& error) {
            const bool passes = error.code() == no_job || error.code() == unknown_exception;
            if (!passes || std::chrono::steady_clock::now() > end) throw;
        }
        std::this_thread::sleep_for(between_lists);
    }
}

std::optional<MigrationStatus> Proxy::migration_status(const std::string& id) {
    const auto rows = impl_->ask_unless(no_job, statements::of_job("SHOW MIGRATION STATUS", id));
    if (!rows) return std::nullopt;
    return results::migration_status(*rows);
}

void Proxy::start_migration(const std::string& id) { impl_->act(statements::of_job("START MIGRATION", id)); }
void Proxy::stop_migration(const std::string& id) { impl_->act(statements::of_job("STOP MIGRATION", id)); }
void Proxy::commit_migration(const std::string& id) { impl_->act(statements::of_job("COMMIT MIGRATION", id)); }
void Proxy::rollback_migration(const std::string& id) { impl_->act(statements::of_job("ROLLBACK MIGRATION", id)); }

void Proxy::check_migration(const std::string& id, std::uint64_t chunk_rows) {
    impl_->act(statements::check_migration(id, chunk_rows));
}

std::optional<CheckStatus> Proxy::check_status(const std::string& id) {
    const auto rows = impl_->ask_unless(no_check, statements::of_job("SHOW MIGRATION CHECK STATUS", id));
    if (!rows) return std::nullopt;
    return results::check_status(*rows);
}

void Proxy::stop_check(const std::string& id) { impl_->act(statements::of_job("STOP MIGRATION CHECK", id)); }
void Proxy::drop_check(const std::string& id) { impl_->act(statements::of_job("DROP MIGRATION CHECK", id)); }

std::vector<std::map<std::string, std::string>> Proxy::run(std::string_view statement) {
    return impl_->session.run_long(statement, impl_->limit * slow_factor, impl_->limit);
}

}  // namespace transload::shardingsphere
