#include "tests/integration/stream/stream_rig.hpp"

#include <chrono>
#include <thread>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "adapters/mysql/catalog.hpp"
#include "tests/support/compare.hpp"

namespace transload::test {

using namespace std::chrono_literals;

namespace {

ServerOptions with_gtids(Flavour flavour) {
    ServerOptions options;
    options.gtid = flavour != Flavour::mariadb;
    return options;
}

}  // namespace

StreamRig::StreamRig(const std::string& schema, Flavour flavour)
    : source(&shared_server(flavour, "stream-source", with_gtids(flavour))),
      target(&shared_server(flavour, "stream-target", with_gtids(flavour))) {
    prepare(schema);
}

StreamRig::StreamRig(const TestServer& from, const TestServer& to, const std::string& schema)
    : source(&from), target(&to) {
    prepare(schema);
}

StreamRig::~StreamRig() {
    stream.reset();
    try {
        native::StreamStore(setup.to, setup.id, setup.direction, true).forget();
    } catch (const std::exception&) {
        // The server may be gone.
    }
}

void StreamRig::prepare(const std::string& schema) {
    database = std::make_unique<TestDatabase>(std::vector<const TestServer*>{source, target});
    setup.id = JobId("stream-" + database->name());
    setup.from = endpoint_of(*source);
    setup.to = endpoint_of(*target);
    setup.limits.replica_lag = 0ms;
    setup.retry.backoff_min = 50ms;
    setup.retry.backoff_max = 1000ms;
    setup.retry.attempts = 8;
    on_source("SET foreign_key_checks = 0;\n" + schema);
    clone_tables(*source, *target, database->name());
    JobSpec spec = spec_for(setup.from, setup.to, database->name());
    mysql::MysqlCatalog catalog;
    setup.tables = catalog.plan_tables(spec, control);
    RecordingControl quiet;
    if (query(*source, "SELECT 1 FROM information_schema.tables WHERE table_rows > 0 AND table_schema = '" +
                           database->name() + "'")
            .empty())
        return;
    (void)copy(spec, quiet, {.job = setup.id.str()});
    forget(spec, setup.id.str());
}

mysql::binlog::Position StreamRig::source_position() const {
    mysql::Connection connection(setup.from);
    return mysql::binlog::current_position(connection);
}

void StreamRig::begin() {
    native::StreamStore(setup.to, setup.id, setup.direction, setup.to_log_bin).begin(source_position());
}

void StreamRig::start(native::Window window) {
    setup.window = std::move(window);
    stream = std::make_unique<native::ChangeStream>(setup, control);
}

void StreamRig::stop() { stream.reset(); }

void StreamRig::drain() const { stream->drain_to(source_position(), 60s); }

std::vector<std::string> StreamRig::differences() const {
    return row_differences(*source, database->name(), *target, database->name());
}

std::string StreamRig::failure(bool message) const {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < end) {
        try {
            stream->check();
        } catch (const Error& error) {
            return message ? error.object() + ": " + error.message() : error.id();
        } catch (const std::exception& error) {
            return error.what();
        }
        std::this_thread::sleep_for(50ms);
    }
    return "none";
}

std::string StreamRig::failure() const { return failure(false); }
std::string StreamRig::failure_message() const { return failure(true); }

void StreamRig::kill_sessions(const TestServer& server, const std::string& condition) {
    for (const Row& row : query(server, "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user "
                                        "= 'root' AND (" + condition + ")")) {
        try {
            sql(server, "KILL " + row.at(0).value_or("0"));
        } catch (const std::exception&) {
            // It went by itself.
        }
    }
}

}  // namespace transload::test
