#include "adapters/mysql/write_gate/write_gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/log_state.hpp"
#include "adapters/mysql/write_gate/cutover_hook.hpp"

namespace transload::mysql {
namespace {

using std::chrono::seconds;

/// How long a source that is expected to be still is watched before that is believed.
constexpr std::chrono::milliseconds stillness{1'000};

bool by_variable(const JobSpec& spec) { return spec.cutover.write_stop == WriteStopMethod::super_read_only; }

bool is_on(Connection& connection, const char* variable) {
    return connection.scalar(fmt::format("SELECT @@GLOBAL.{}", variable)).value_or("0") == "1";
}

Connection connect(const JobSpec& spec) {
    // A server that does not answer must not hold the job for ever while writers wait.
    const auto limit = std::max(seconds{5}, std::chrono::duration_cast<seconds>(spec.cutover.timeout));
    return Connection(spec.source, ConnectOptions{.read_timeout = limit, .write_timeout = limit});
}

std::string text_of(const LogState& state) { return state.file + ":" + state.offset + " " + state.gtids; }

void refuse_other_server(const CutoverReport& record, Connection& connection) {
    const std::string found = connection.scalar("SELECT @@GLOBAL.server_uuid").value_or("");
    if (record.server_uuid.empty() || found == record.server_uuid) return;
    throw Error(ErrorKind::failed, "cutover.other_server", connection.endpoint().label(),
                fmt::format("this is not the server whose writes were stopped (server_uuid {}, not {})", found,
                            record.server_uuid),
                "look which server takes the source's writes now; nothing was changed on this one");
}

/// Writers that a hook stopped: believed when the log stands still for a moment.
void wait_for_stillness(const JobSpec& spec, Connection& connection, RunControl& control) {
    const auto end = std::chrono::steady_clock::now() + spec.cutover.timeout;
    LogState before = read_log_state(connection);
    if (!before.known())
        throw Error(ErrorKind::refused, "cutover.position_unknown", spec.source.label(),
                    "the source's position can't be read, so that nobody can tell whether it takes writes",
                    "GRANT REPLICATION CLIENT ON *.* to the account, or use write_stop super_read_only");
    while (true) {
        control.sleep(stillness);
        LogState now = read_log_state(connection);
        if (now == before) return;
        if (std::chrono::steady_clock::now() > end)
            throw Error(ErrorKind::transient, "cutover.still_writing", spec.source.label(),
                        "the hook has returned, but the source is still being written to",
                        "let the hook stop every writer, or use write_stop super_read_only");
        before = std::move(now);
    }
}

}  // namespace

void MysqlWriteGate::look(const JobSpec& spec, CutoverReport& record, RunControl& control) {
    control.check();
    Connection connection = connect(spec);
    record.method = by_variable(spec) ? "super_read_only" : "hook";
    if (by_variable(spec) && !spec.cutover.hook.empty()) record.method = "hook, super_read_only";
    if (connection.version().mariadb) {
        if (by_variable(spec))
            throw Error(ErrorKind::refused, "cutover.no_super_read_only", spec.source.label(),
                        "MariaDB has no super_read_only: privileged accounts could go on writing",
                        "stop the writers by a hook (cutover: {write_stop: hook, hook: [PROGRAM]})");
        record.server_uuid.clear();
        return;
    }
    record.server_uuid = connection.scalar("SELECT @@GLOBAL.server_uuid").value_or("");
    record.read_only_before = is_on(connection, "read_only");
    record.super_read_only_before = is_on(connection, "super_read_only");
}

void MysqlWriteGate::stop(const JobSpec& spec, CutoverReport& record, RunControl& control) {
    run_cutover_hook(spec, "stop", control);
    Connection connection = connect(spec);
    if (!connection.version().mariadb) refuse_other_server(record, connection);
    if (by_variable(spec)) {
        // It waits for the statements that are writing now, and holds up new ones meanwhile: not for long.
        const auto limit = std::clamp<std::int64_t>(spec.cutover.timeout.count() / 2000, 1, 30);
        connection.execute(fmt::format("SET SESSION lock_wait_timeout = {}", limit));
        connection.execute("SET GLOBAL super_read_only = ON");
    } else {
        wait_for_stillness(spec, connection, control);
    }
    record.position = read_log_state(connection).position();
}

std::string MysqlWriteGate::position(const JobSpec& spec) {
    Connection connection = connect(spec);
    return text_of(read_log_state(connection));
}

bool MysqlWriteGate::holds(const JobSpec& spec, const CutoverReport& record) {
    Connection connection = connect(spec);
    if (!connection.version().mariadb) refuse_other_server(record, connection);
    if (by_variable(spec)) return is_on(connection, "super_read_only");
    return read_log_state(connection).position() == record.position;
}

void MysqlWriteGate::release(const JobSpec& spec, const CutoverReport& record, RunControl& control) {
    if (by_variable(spec)) {
        Connection connection = connect(spec);
        refuse_other_server(record, connection);
        // read_only=OFF would take super_read_only with it, and super_read_only=ON would bring read_only.
        if (!record.super_read_only_before) connection.execute("SET GLOBAL super_read_only = OFF");
        if (!record.read_only_before) connection.execute("SET GLOBAL read_only = OFF");
    }
    run_cutover_hook(spec, "release", control);
}

}  // namespace transload::mysql
