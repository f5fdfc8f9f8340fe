#include "adapters/mysql/write_gate/write_gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/log_state.hpp"
#include "adapters/mysql/write_gate/cutover_hook.hpp"
#include "adapters/mysql/write_gate/open_transactions.hpp"
#include "adapters/mysql/write_gate/programs.hpp"
#include "adapters/mysql/write_gate/rights.hpp"
#include "adapters/mysql/write_gate/stop_method.hpp"

namespace transload::mysql {
namespace {

using std::chrono::seconds;

Connection connect(const JobSpec& spec) {
    // A server that does not answer must not hold the job for ever while writers wait.
    const auto limit = spec.cutover.answer_limit();
    return Connection(spec.source, ConnectOptions{.read_timeout = limit, .write_timeout = limit});
}

std::string text_of(const LogState& state) {
    const std::string place = state.file + ":" + state.offset;
    return state.gtids.empty() ? place : place + " " + state.gtids;
}

/// What tells this server from any other; "" where it has nothing of the kind (old MariaDB).
std::string identity(Connection& connection) {
    const Result result = connection.query("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'server_uid')");
    return result.rows.empty() ? "" : result.rows.front().at(1).value_or("");
}

void refuse_other_server(const CutoverReport& record, Connection& connection) {
    if (record.server_uuid.empty()) return;
    const std::string found = identity(connection);
    if (found == record.server_uuid) return;
    throw Error(ErrorKind::failed, "cutover.other_server", connection.endpoint().label(),
                fmt::format("this is not the server whose writes were stopped (server_uuid {}, not {})", found,
                            record.server_uuid),
                "look which server takes the source's writes now; nothing was changed on this one");
}

/// Whose transactions are in the way: with `revoke` those of the named accounts only.
std::set<std::string> stopped_users(const JobSpec& spec) {
    std::set<std::string> users;
    if (spec.cutover.write_stop == WriteStopMethod::revoke)
        for (const std::string& text : spec.cutover.accounts) users.insert(parse_account(text).user);
    return users;
}

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

MysqlWriteGate::MysqlWriteGate()
    : variable_(stop_by_variable()), revoke_(stop_by_revoke()), locks_(stop_by_locks()), hook_(stop_by_hook()) {}

MysqlWriteGate::~MysqlWriteGate() = default;

StopMethod& MysqlWriteGate::method(const JobSpec& spec) const {
    switch (spec.cutover.write_stop) {
        case WriteStopMethod::super_read_only:
            return *variable_;
        case WriteStopMethod::revoke:
            return *revoke_;
        case WriteStopMethod::lock_tables:
            return *locks_;
        case WriteStopMethod::hook:
            break;
    }
    return *hook_;
}

void MysqlWriteGate::look(const JobSpec& spec, CutoverReport& record, RunControl& control) {
    control.check();
    Connection connection = connect(spec);
    record.method = method(spec).name(connection.version().mariadb);
    if (!spec.cutover.hook.empty() && spec.cutover.write_stop != WriteStopMethod::hook) record.method = "hook, " + record.method;
    record.server_uuid = identity(connection);
    record.saved.clear();
    record.read_only_before = record.super_read_only_before = false;
    method(spec).look(connection, spec, record, control);
}

Findings MysqlWriteGate::obstacles(const JobSpec& spec, RunControl& control) {
    control.check();
    Connection connection = connect(spec);
    Findings findings;
    const auto ask = [&](const char* id, const char* unseen, const char* right, const auto& look) {
        try {
            look();
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
            findings.push_back({id, Severity::warning, connection.endpoint().label(), std::string(unseen) + error.message(), right});
        }
    };
    ask("rehearsal.open_transactions", "open transactions can't be seen: ", "GRANT PROCESS ON *.* to the account", [&] {
        for (const OpenTransaction& open : open_transactions(connection, stopped_users(spec)))
            findings.push_back({"rehearsal.open_transactions", Severity::warning, connection.endpoint().label(),
                                "a transaction is open that the write stop would " +
                                    std::string(spec.cutover.open_transactions == OpenTransactions::kill ? "kill" : "wait for") +
                                    fmt::format(", at most {} ms: ", spec.cutover.transaction_limit.count()) + open.display(),
                                "let it end"});
    });
    if (spec.cutover.reverse) {
        try {
            (void)programs_of(connection, spec);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::refused) throw;
            findings.push_back({error.id(), Severity::error, error.object(), error.message(), error.remedy()});
        }
    }
    // MariaDB refuses these when it looks; here they matter once super_read_only is lifted for the stream back.
    if (spec.cutover.reverse && spec.cutover.write_stop == WriteStopMethod::super_read_only && !connection.version().mariadb)
        ask("rehearsal.other_writers", "it can't be seen who may write in spite of read_only: ",
            "GRANT SELECT ON mysql.* to the account", [&] {
                for (const AccountName& account : others_past_read_only(connection))
                    findings.push_back({"rehearsal.other_writers", Severity::warning, account.display(),
                                        "may write to the source in spite of read_only, while it is kept as the way back",
                                        "REVOKE CONNECTION_ADMIN (and SUPER) from it, or see that nobody uses it"});
            });
    return findings;
}

void MysqlWriteGate::stop(const JobSpec& spec, CutoverReport& record, RunControl& control) {
    bool begun = false;
    const auto begins = [&] {
        if (!begun) record.stopped_at = now_ms();
        begun = true;
    };
    if (!spec.cutover.hook.empty()) begins();
    run_cutover_hook(spec, "stop", control);
    Connection connection = connect(spec);
    refuse_other_server(record, connection);
    method(spec).stop(connection, spec, record, control, begins);
    record.position = read_log_state(connection).position();
}

std::string MysqlWriteGate::position(const JobSpec& spec) {
    Connection connection = connect(spec);
    return text_of(read_log_state(connection));
}

bool MysqlWriteGate::holds(const JobSpec& spec, const CutoverReport& record) {
    Connection connection = connect(spec);
    refuse_other_server(record, connection);
    return method(spec).holds(connection, spec, record);
}

void MysqlWriteGate::admit_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) {
    Connection connection = connect(spec);
    refuse_other_server(record, connection);
    method(spec).admit_stream(connection, spec, control);
    set_programs_aside(connection, spec, record.programs, control);
}

std::string MysqlWriteGate::programs(const JobSpec& spec, RunControl& control) {
    control.check();
    Connection connection = connect(spec);
    return programs_of(connection, spec);
}

void MysqlWriteGate::end_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) {
    if (record.programs.empty()) return;
    Connection connection = connect(spec);
    refuse_other_server(record, connection);
    put_programs_back(connection, spec, record.programs, control);
}

void MysqlWriteGate::release(const JobSpec& spec, const CutoverReport& record, RunControl& control) {
    Connection connection = connect(spec);
    refuse_other_server(record, connection);
    // Before anybody writes again.
    put_programs_back(connection, spec, record.programs, control);
    method(spec).release(connection, record, control);
    run_cutover_hook(spec, "release", control);
}

}  // namespace transload::mysql
