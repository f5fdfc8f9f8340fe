#pragma once
#include <fstream>
#include <stop_token>
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/write_gate/write_gate.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace transload::test {

class GateControl final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return stop.get_token(); }
    void event(Severity, std::string_view, std::string_view, std::string_view message) override {
        events.emplace_back(message);
    }
    void record(Severity, std::string_view, std::string_view, std::string_view) override {}
    void progress(const TableProgress&) override {}
    [[nodiscard]] bool told(std::string_view text) const {
        for (const std::string& event : events)
            if (event.find(text) != std::string::npos) return true;
        return false;
    }
    std::vector<std::string> events;
    std::stop_source stop;
};

/// A source whose global variables, accounts and sessions are tested: shared by these tests alone, which ctest runs one
/// after the other, and made clean at the start of each. The database w holds a table t.
struct GateSource {
    const TestServer& server;
    GateControl control;
    JobSpec spec;
    mysql::MysqlWriteGate gate;
    CutoverReport record;
    TempDir folder;

    explicit GateSource(Flavour flavour = Flavour::mysql80, WriteStopMethod method = WriteStopMethod::super_read_only)
        : server(shared_server(flavour, "write_gate")) {
        clean();
        spec.source = as(TestServer::user(), server.password());
        spec.databases = {{"w", "w"}};
        spec.cutover.mode = CutoverMode::automatic;
        spec.cutover.write_stop = method;
        spec.cutover.timeout = std::chrono::seconds(5);
        sql(server,
            "CREATE DATABASE w; CREATE TABLE w.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT); "
            "INSERT INTO w.t (v) VALUES (1)");
    }
    [[nodiscard]] Endpoint as(const std::string& user, const std::string& password) const {
        Endpoint endpoint;
        endpoint.port = static_cast<std::uint16_t>(server.port());
        endpoint.user = user;
        endpoint.password = Secret(password);
        return endpoint;
    }
    /// Whether this account can write now; false for every error.
    [[nodiscard]] bool can_write(const Endpoint& account) const {
        try {
            mysql::Connection connection(account);
            connection.execute("SET SESSION lock_wait_timeout = 1");
            connection.execute("INSERT INTO w.t (v) VALUES (2)");
            return true;
        } catch (const Error&) {
            return false;
        }
    }
    [[nodiscard]] bool writable() const { return can_write(spec.source); }
    [[nodiscard]] std::string variables() const {
        return value(server, server.flavour() == Flavour::mariadb ? "SELECT @@GLOBAL.read_only"
                                                                  : "SELECT CONCAT(@@GLOBAL.read_only, @@GLOBAL.super_read_only)");
    }
    std::string script(const std::string& text) {
        const auto file = folder / "hook";
        std::ofstream(file) << "#!/bin/sh\n" << text;
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        return file.string();
    }
    void clean() const {
        const bool mariadb = server.flavour() == Flavour::mariadb;
        std::string script = mariadb ? "SET GLOBAL read_only = OFF, event_scheduler = OFF;"
                                     : "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF, mandatory_roles = '';";
        for (const auto& row : query(server, "SELECT User, Host FROM mysql.user WHERE User NOT IN ('root', '') AND User "
                                             "NOT LIKE 'mysql.%' AND User NOT LIKE 'mariadb.%'"))
            script += row[1] == "" ? "DROP ROLE " + identifier(*row[0]) + ";"
                                   : "DROP USER " + identifier(*row[0]) + "@" + identifier(*row[1]) + ";";
        script += "DROP DATABASE IF EXISTS w; DROP DATABASE IF EXISTS `we``ird 'db'`;";
        if (server.flavour() == Flavour::mysql97) script += "SET GLOBAL partial_revokes = OFF;";
        sql(server, "SET GLOBAL read_only = OFF");
        sql(server, script);
    }
    void look() { gate.look(spec, record, control); }
    void stop() { gate.stop(spec, record, control); }
    void release() { gate.release(spec, record, control); }
    [[nodiscard]] bool holds() { return gate.holds(spec, record); }
    /// The id of the error that `act` ends with; "none".
    template <class Act>
    [[nodiscard]] static std::string error_of(Act act) {
        try {
            act();
        } catch (const Error& error) {
            return error.id();
        }
        return "none";
    }
};

}  // namespace transload::test
