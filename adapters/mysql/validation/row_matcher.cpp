#include "adapters/mysql/validation/row_matcher.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>

namespace transload::mysql::validation {
namespace {

constexpr std::size_t keys_per_lookup = 200;

/// A key as one string that can be taken apart again.
std::string flat(const KeyValue& key) {
    std::string text;
    for (const std::string& part : key) {
        const std::uint64_t size = part.size();
        text.append(reinterpret_cast<const char*>(&size), sizeof size);
        text += part;
    }
    return text;
}

KeyValue unflat(std::string_view text) {
    KeyValue key;
    while (!text.empty()) {
        std::uint64_t size = 0;
        std::memcpy(&size, text.data(), sizeof size);
        key.emplace_back(text.substr(sizeof size, size));
        text.remove_prefix(sizeof size + size);
    }
    return key;
}

}  // namespace

void RowMatcher::read(Side side, const std::string& sql, const OnRow& on_row) {
    lane_.on(side).stream(sql, [&](RowView row) {
        KeyValue key = read_key_parts(row, key_parts_, queries_.on(side).reach);
        const RowDigest digest = form_ == RowForm::digest
                                     ? digest_from_hex(row[key_parts_].view())
                                     : digest_of_values(queries_.compared(), row.subspan(key_parts_));
        return on_row(std::move(key), digest);
    });
}

std::optional<RangeDiff> RowMatcher::match(const KeyRange& range, RangeCounts& counts, bool bounded) {
    RangeDiff diff;
    diff.range = range;
    SourceRows rows;
    read(Side::source, queries_.rows(Side::source, range, form_), [&](KeyValue&& key, const RowDigest& digest) {
        rows.emplace(flat(key), SourceRow{digest});
        return true;
    });
    counts.source_rows = rows.size();

    std::vector<KeyValue> unmet;  // rows of the target whose key bytes the source's range does not hold
    bool too_many = false;
    counts.target_rows = 0;
    read(Side::target, queries_.rows(Side::target, range, form_), [&](KeyValue&& key, const RowDigest& digest) {
        ++counts.target_rows;
        if (too_many) return true;
        const auto found = rows.find(flat(key));
        if (found == rows.end()) {
            unmet.push_back(std::move(key));
        } else if (found->second.met) {
            diff.extra.push_back(std::move(key));  // a second time: the target's key is not unique
        } else {
            found->second.met = true;
            if (found->second.digest != digest) diff.different.push_back(std::move(key));
        }
        too_many = bounded && unmet.size() + diff.extra.size() > 2 * rows_in_memory;
        // To break the statement off ends the session: of a view's snapshot the rest is passed over instead.
        return !too_many || !lane_.target_is_present();
    });
    if (too_many) {
        if (lane_.target_is_present()) lane_.renew_target();
        return std::nullopt;
    }

    std::vector<KeyValue> missing;
    for (const auto& [key, row] : rows)
        if (!row.met) missing.push_back(unflat(key));
    settle_missing(std::move(missing), rows, diff);
    settle_extra(unmet, diff);
    return diff;
}

/// The target may hold the row outside this range (another collation's order), or under other bytes that it
/// takes for the same key ('a' and 'A'): then it is not missing but equal, or different.
void RowMatcher::settle_missing(std::vector<KeyValue> missing, const SourceRows& rows, RangeDiff& diff) {
    if (missing.empty()) return;
    std::vector<KeyValue> left;
    for (std::size_t at = 0; at < missing.size(); at += keys_per_lookup) {
        lane_.check();
        const std::size_t end = std::min(missing.size(), at + keys_per_lookup);
        const std::vector<KeyValue> batch(missing.begin() + static_cast<std::ptrdiff_t>(at),
                                          missing.begin() + static_cast<std::ptrdiff_t>(end));
        std::unordered_map<std::string, RowDigest> found;
        read(Side::target, queries_.rows(Side::target, batch, form_), [&](KeyValue&& key, const RowDigest& digest) {
            found.emplace(flat(key), digest);
            return true;
        });
        if (found.empty()) {
            left.insert(left.end(), batch.begin(), batch.end());
            continue;
        }
        // Which of the batch each found row answers, the server says one key at a time.
        for (const KeyValue& key : batch) {
            if (const auto same = found.find(flat(key)); same != found.end()) {
                if (same->second != rows.at(flat(key)).digest) diff.different.push_back(key);
                continue;
            }
            bool met = false;
            read(Side::target, queries_.rows(Side::target, std::vector<KeyValue>{key}, form_), [&](KeyValue&&, const RowDigest&) {
                met = true;
                return true;
            });
            (met ? diff.different : left).push_back(key);
        }
    }
    diff.missing = std::move(left);
}

/// A row of the target whose key the source holds too is that row's business: the range that holds it on the source
/// reports it. So is a row whose key the source has in other bytes ('a' for 'A'), if the target takes them for
/// the same; if it does not, the row is one too many.
void RowMatcher::settle_extra(const std::vector<KeyValue>& unmet, RangeDiff& diff) {
    for (std::size_t at = 0; at < unmet.size(); at += keys_per_lookup) {
        lane_.check();
        const std::size_t end = std::min(unmet.size(), at + keys_per_lookup);
        const std::vector<KeyValue> batch(unmet.begin() + static_cast<std::ptrdiff_t>(at),
                                          unmet.begin() + static_cast<std::ptrdiff_t>(end));
        if (keys_of(Side::source, batch).empty()) {
            diff.extra.insert(diff.extra.end(), batch.begin(), batch.end());
            continue;
        }
        for (const KeyValue& key : batch)
            if (!is_known(key)) diff.extra.push_back(key);
    }
}

std::vector<KeyValue> RowMatcher::keys_of(Side side, const std::vector<KeyValue>& keys) {
    std::vector<KeyValue> found;
    read(side, queries_.rows(side, keys, form_), [&](KeyValue&& key, const RowDigest&) {
        found.push_back(std::move(key));
        return true;
    });
    return found;
}

bool RowMatcher::is_known(const KeyValue& key) {
    for (const KeyValue& namesake : keys_of(Side::source, {key})) {
        if (namesake == key) return true;
        const std::vector<KeyValue> taken_for = keys_of(Side::target, {namesake});
        if (std::find(taken_for.begin(), taken_for.end(), key) != taken_for.end()) return true;
    }
    return false;
}

}  // namespace transload::mysql::validation
