#pragma once
#include <string>
#include <string_view>

namespace transload::mysql {

/// user@host of an account that may log in.
struct AccountName {
    std::string user;
    std::string host = "%";
    friend auto operator<=>(const AccountName&, const AccountName&) = default;

    /// "user@host", for messages.
    [[nodiscard]] std::string display() const { return user + "@" + host; }
    /// `user`@`host`, as GRANT and SHOW GRANTS take it.
    [[nodiscard]] std::string quoted() const;
};

/// Reads "user@host", "user" (then the host is %) and the quoted forms 'user'@'host' and `user`@`host`. A user's name
/// may hold an @: the last one counts. Throws Error{usage, "cutover.account"} for what can be no account.
[[nodiscard]] AccountName parse_account(std::string_view text);

}  // namespace transload::mysql
