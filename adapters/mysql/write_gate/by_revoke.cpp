#include <fmt/format.h>

#include <exception>
#include <set>

#include "adapters/mysql/write_gate/open_transactions.hpp"
#include "adapters/mysql/write_gate/revoke_checks.hpp"
#include "adapters/mysql/write_gate/sessions.hpp"
#include "adapters/mysql/write_gate/stop_method.hpp"

/// Takes all that can write from the named accounts, and ends their sessions, which would keep it.
namespace transload::mysql {
namespace {

std::string listed(const GrantSet& grants) {
    std::string text;
    for (const std::string& statement : grant_statements(grants, "it")) text += (text.empty() ? "" : "; ") + statement;
    return text;
}

void take(Connection& source, const AccountGrants& recorded) {
    const AccountGrants now = read_account(source, recorded.account);
    const GrantSet writing = writing_part(source, now.grants);
    // What was granted after the look would be lost: the stop is taken back, and the next one looks anew.
    if (const GrantSet unknown = missing(writing, recorded.grants); !unknown.empty())
        throw Error(ErrorKind::transient, "cutover.grants_changed", recorded.account.display(),
                    "it was granted more after its privileges were recorded: " + listed(unknown),
                    "leave the account's privileges alone during a cutover, and try again");
    for (const std::string& statement : revoke_statements(writing, recorded.account.quoted(), source.version().mariadb))
        source.execute(statement);
}

void put_default_roles_back(Connection& source, const AccountGrants& recorded, const AccountGrants& now) {
    if (recorded.default_roles == now.default_roles || recorded.default_roles.empty()) return;
    std::string roles;
    for (const std::string& role : recorded.default_roles) roles += (roles.empty() ? "" : ", ") + role;
    source.execute(fmt::format("ALTER USER {} DEFAULT ROLE {}", recorded.account.quoted(), roles));
}

void give_back(Connection& source, const AccountGrants& recorded, RunControl& control) {
    const std::string account = recorded.account.quoted();
    AccountGrants now;
    try {
        now = read_account(source, recorded.account);
    } catch (const ServerError& error) {
        if (error.code() != no_such_account) throw;
        control.event(Severity::error, "cutover", recorded.account.display(),
                      "the account is gone: its privileges can't be put back: " + listed(recorded.grants));
        return;
    }
    for (const std::string& statement : grant_statements(missing(recorded.grants, now.grants), account))
        source.execute(statement);
    put_default_roles_back(source, recorded, now);

    now = read_account(source, recorded.account);
    const GrantSet lost = missing(recorded.grants, now.grants), more = missing(now.grants, recorded.grants);
    if (!lost.empty() || (!recorded.default_roles.empty() && now.default_roles != recorded.default_roles))
        throw Error(ErrorKind::failed, "cutover.grants_not_restored", recorded.account.display(),
                    "its privileges are not all back, there is missing: " + listed(lost),
                    "grant them by hand; the job keeps its record of them");
    if (!more.empty())
        control.event(Severity::warning, "cutover", recorded.account.display(),
                      "it has got privileges since they were recorded, and keeps them: " + listed(more));
}

class ByRevoke final : public StopMethod {
  public:
    [[nodiscard]] std::string name(bool) const override { return "revoke"; }

    void look(Connection& source, const JobSpec& spec, CutoverReport& record, RunControl& control) override {
        record.saved = to_saved(revocable_accounts(source, spec));
        tell_other_writers(source, spec, control);
    }

    void stop(Connection& source, const JobSpec& spec, const CutoverReport& record, RunControl& control,
              const std::function<void()>& begins) override {
        const std::vector<AccountGrants> accounts = from_saved(record.saved);
        std::set<std::string> users;
        for (const AccountGrants& account : accounts) users.insert(account.account.user);
        settle_open_transactions(source, spec, control, users);
        begins();
        for (const AccountGrants& account : accounts) take(source, account);
        end_sessions(source, users, spec, control);
        if (!holds(source, spec, record))
            throw Error(ErrorKind::transient, "cutover.grants_changed", source.endpoint().label(),
                        "an account can still write although all was revoked",
                        "leave the accounts' privileges alone during a cutover, and try again");
    }

    [[nodiscard]] bool holds(Connection& source, const JobSpec&, const CutoverReport& record) override {
        for (const AccountGrants& account : from_saved(record.saved)) {
            try {
                if (!writing_part(source, read_account(source, account.account).grants).empty()) return false;
            } catch (const ServerError& error) {
                if (error.code() != no_such_account) throw;  // who does not exist does not write
            }
        }
        return true;
    }

    void admit_stream(Connection&, const JobSpec&, RunControl&) override {}

    void release(Connection& source, const CutoverReport& record, RunControl& control) override {
        if (record.saved.empty()) return;
        std::exception_ptr first;
        for (const AccountGrants& account : from_saved(record.saved)) {
            try {
                give_back(source, account, control);
            } catch (const ServerError& error) {
                if (error.connection_lost()) throw;
                if (!first) first = std::current_exception();
            } catch (const Error&) {
                // One account that can't be helped must not keep the others waiting.
                if (!first) first = std::current_exception();
            }
        }
        if (first) std::rethrow_exception(first);
    }
};

}  // namespace

std::unique_ptr<StopMethod> stop_by_revoke() { return std::make_unique<ByRevoke>(); }

}  // namespace transload::mysql
