#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/log_state.hpp"
#include "adapters/mysql/write_gate/open_transactions.hpp"
#include "adapters/mysql/write_gate/rights.hpp"
#include "adapters/mysql/write_gate/stop_method.hpp"

/// SET GLOBAL super_read_only; on MariaDB, which has none, read_only, where nobody but the job's own user may pass it.
namespace transload::mysql {
namespace {

bool is_on(Connection& source, const char* variable) {
    return source.scalar(fmt::format("SELECT @@GLOBAL.{}", variable)).value_or("0") == "1";
}

const char* variable_of(const Connection& source) { return source.version().mariadb ? "read_only" : "super_read_only"; }

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < 10; ++i) text += (i ? ", " : "") + names[i];
    return text + (names.size() > 10 ? fmt::format(" and {} more", names.size() - 10) : "");
}

/// Accounts of the job's own user name at other hosts are its owner's: those are told, others refuse.
struct Passers {
    std::vector<std::string> own_user;
    std::vector<std::string> strangers;
};

Passers passers(Connection& source) {
    Passers found;
    const AccountName own = own_account(source);
    for (const AccountName& account : others_past_read_only(source))
        (account.user == own.user ? found.own_user : found.strangers).push_back(account.display());
    return found;
}

/// Events run with their definer's privileges.
std::vector<std::string> events_past_read_only(Connection& source) {
    std::vector<std::string> names;
    if (source.scalar("SELECT @@GLOBAL.event_scheduler").value_or("") != "ON") return names;
    std::vector<std::string> accounts{own_account(source).display()};
    for (const AccountName& account : others_past_read_only(source)) accounts.push_back(account.display());
    for (const Row& row : source
                              .query("SELECT CONCAT(EVENT_SCHEMA, '.', EVENT_NAME), DEFINER FROM "
                                     "information_schema.EVENTS WHERE STATUS = 'ENABLED'")
                              .rows)
        if (std::find(accounts.begin(), accounts.end(), row[1].value_or("")) != accounts.end())
            names.push_back("event " + row[0].value_or(""));
    return names;
}

class ByVariable final : public StopMethod {
  public:
    [[nodiscard]] std::string name(bool mariadb) const override { return mariadb ? "read_only" : "super_read_only"; }

    void look(Connection& source, const JobSpec& spec, CutoverReport& record, RunControl& control) override {
        const bool mariadb = source.version().mariadb;
        refuse_without_right(source);
        if (mariadb) refuse_strangers(source, control);
        if (spec.cutover.reverse) need_pass(source, ErrorKind::refused);
        record.read_only_before = is_on(source, "read_only");
        record.super_read_only_before = !mariadb && is_on(source, "super_read_only");
    }

    void stop(Connection& source, const JobSpec& spec, const CutoverReport&, RunControl& control,
              const std::function<void()>& begins) override {
        if (!is_on(source, variable_of(source))) settle_open_transactions(source, spec, control);
        begins();
        execute_bounded(source, fmt::format("SET GLOBAL {} = ON", variable_of(source)), spec, control);
    }

    [[nodiscard]] bool holds(Connection& source, const JobSpec& spec, const CutoverReport& record) override {
        // With the way back kept, super_read_only may have been lifted for the stream: read_only is what counts then.
        const bool relaxed = spec.cutover.reverse || record.state == WriteStopState::over;
        if (!is_on(source, relaxed ? "read_only" : variable_of(source))) return false;
        if (!source.version().mariadb || relaxed) return true;
        // The owner's other accounts could pass read_only: what they write shows.
        return read_log_state(source).position() == record.position;
    }

    void admit_stream(Connection& source, const JobSpec& spec, RunControl& control) override {
        need_pass(source, ErrorKind::failed);
        const bool mariadb = source.version().mariadb;
        if (!mariadb) tell_passers(source, control);
        // read_only first, so that there is no moment without either. It is off where a restart has ended the stop.
        if (!mariadb || !is_on(source, "read_only")) execute_bounded(source, "SET GLOBAL read_only = ON", spec, control);
        if (!mariadb) execute_bounded(source, "SET GLOBAL super_read_only = OFF", spec, control);
    }

    void release(Connection& source, const CutoverReport& record, RunControl&) override {
        // read_only=OFF takes super_read_only with it, and super_read_only=ON brings read_only.
        source.execute("SET SESSION lock_wait_timeout = 30");
        const bool mariadb = source.version().mariadb;
        if (!mariadb && is_on(source, "super_read_only") != record.super_read_only_before)
            source.execute(fmt::format("SET GLOBAL super_read_only = {}", record.super_read_only_before ? "ON" : "OFF"));
        if (is_on(source, "read_only") != record.read_only_before)
            source.execute(fmt::format("SET GLOBAL read_only = {}", record.read_only_before ? "ON" : "OFF"));
    }

  private:
    static void refuse_without_right(Connection& source) {
        const GrantSet grants = own_grants(source);
        const ServerVersion& version = source.version();
        const bool may = version.mariadb            ? has_global(grants, {"READ_ONLY ADMIN"}) ||
                                               (!version.at_least(10, 11) && has_global(grants, {"SUPER"}))
                         : version.at_least(8, 0) ? has_global(grants, {"SUPER", "SYSTEM_VARIABLES_ADMIN"})
                                                  : has_global(grants, {"SUPER"});
        if (may) return;
        const char* privilege = version.mariadb ? "READ_ONLY ADMIN" : version.at_least(8, 0) ? "SYSTEM_VARIABLES_ADMIN" : "SUPER";
        throw Error(ErrorKind::refused, "cutover.no_privilege", source.endpoint().label(),
                    fmt::format("the account may not set {}", variable_of(source)),
                    fmt::format("GRANT {} ON *.* TO {}", privilege, own_account(source).quoted()));
    }

    static void need_pass(Connection& source, ErrorKind kind) {
        const GrantSet grants = own_grants(source);
        const std::vector<std::string> passes = passes_of_read_only(source.version());
        if (std::any_of(passes.begin(), passes.end(), [&](const std::string& pass) { return has_global(grants, {pass}); }))
            return;
        throw Error(kind, "cutover.can't_write", source.endpoint().label(),
                    "the account could not write to the stopped server, which is to be kept up to date (reverse)",
                    fmt::format("GRANT {} ON *.* TO {}", passes.front(), own_account(source).quoted()));
    }

    static void tell_passers(Connection& source, RunControl& control) {
        try {
            Passers found = passers(source);
            std::vector<std::string> all = std::move(found.strangers);
            all.insert(all.end(), found.own_user.begin(), found.own_user.end());
            if (!all.empty())
                control.event(Severity::warning, "cutover", "source",
                              fmt::format("super_read_only is lifted for the stream back: {} could write to it in spite "
                                          "of read_only (CONNECTION_ADMIN or SUPER)",
                                          listed(all)));
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
            control.event(Severity::warning, "cutover", "source",
                          "super_read_only is lifted for the stream back, and it can't be seen who else could write in "
                          "spite of read_only: " + error.message());
        }
    }

    static void refuse_strangers(Connection& source, RunControl& control) {
        Passers found;
        try {
            found = passers(source);
            for (std::string& event : events_past_read_only(source)) found.strangers.push_back(std::move(event));
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
            throw Error(ErrorKind::refused, "cutover.no_super_read_only", source.endpoint().label(),
                        "MariaDB has no super_read_only, and it can't be seen who may write in spite of read_only: " +
                            error.message(),
                        fmt::format("GRANT SELECT ON mysql.global_priv TO {}, or use write_stop: revoke, lock_tables or hook",
                                    own_account(source).quoted()));
        }
        if (!found.strangers.empty())
            throw Error(ErrorKind::refused, "cutover.no_super_read_only", source.endpoint().label(),
                        "MariaDB has no super_read_only, and in spite of read_only these could go on writing: " +
                            listed(found.strangers),
                        "REVOKE READ_ONLY ADMIN ON *.* from them (disable the events), or use write_stop: revoke, "
                        "lock_tables or hook");
        if (!found.own_user.empty())
            control.event(Severity::warning, "cutover", "source",
                          "accounts of the job's own user could write in spite of read_only, and must not: " +
                              listed(found.own_user));
    }
};

}  // namespace

std::unique_ptr<StopMethod> stop_by_variable() { return std::make_unique<ByVariable>(); }

}  // namespace transload::mysql
