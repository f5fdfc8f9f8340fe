#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/mysql/binlog/event.hpp"
#include "adapters/mysql/binlog/position.hpp"

namespace transload::mysql::binlog {

/// The event that begins a transaction.
struct TransactionStart {
    Gtid gtid;                       ///< empty: anonymous
    std::int64_t committed_us = 0;   ///< on the server that is read; 0: not known
    bool single_statement = false;   ///< MariaDB: the next statement is all of it
    bool begun = false;              ///< MariaDB: no BEGIN will come
    std::string xa;                  ///< MariaDB: the XA transaction that it prepares or ends
};

/// `body`: behind the header, without checksum. Throws Malformed.
[[nodiscard]] TransactionStart read_gtid_event(const EventHeader& header, std::string_view body);

}  // namespace transload::mysql::binlog
