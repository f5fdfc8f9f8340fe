#include "adapters/native/stream/touched_keys.hpp"

#include <algorithm>

#include "adapters/native/stream/row_key.hpp"

namespace transload::native {

void TouchedKeys::remember(std::size_t most) {
    const std::lock_guard lock(mutex_);
    on_ = true;
    most_ = most;
}

bool TouchedKeys::remembering() const {
    const std::lock_guard lock(mutex_);
    return on_;
}

void TouchedKeys::lose() {
    const std::lock_guard lock(mutex_);
    if (on_) known_ = false;
}

void TouchedKeys::add_whole(std::uint32_t table) {
    const std::lock_guard lock(mutex_);
    if (on_) whole_[table] = true;
}

void TouchedKeys::drop_older() {
    for (std::size_t table = 0; table < older_.size(); ++table) {
        for (const std::string& key : older_[table])
            if (!newer_[table].contains(key)) ++dropped_;
        older_[table].clear();
    }
    std::swap(older_, newer_);
    newer_count_ = 0;
}

void TouchedKeys::add(std::uint32_t table, mysql::KeyValue key) {
    if (newer_count_ >= std::max<std::size_t>(1, most_ / 2)) drop_older();
    if (newer_[table].insert(mysql::encode_key(key)).second) ++newer_count_;
}

void TouchedKeys::add(const NetChanges& changes) {
    const std::lock_guard lock(mutex_);
    if (!on_) return;
    for (std::uint32_t table = 0; table < plans_.size(); ++table) {
        const TablePlan& plan = plans_[table];
        for (const NetChange& net : changes.tables()[table].net) {
            if (net.kind == NetChange::Kind::dead) continue;
            add(table, key_of(plan, net.kind == NetChange::Kind::insert ? net.after : net.before));
        }
        for (const OrderedChange& change : changes.tables()[table].ordered) {
            const TablePlan& own = plans_[change.table];
            if (change.cascades) ++dropped_;  // whose children were changed is known to the servers alone
            if (change.dropped) continue;
            if (!own.key) {
                whole_[change.table] = true;
                continue;
            }
            if (!change.before.empty()) add(change.table, key_of(own, change.before));
            if (change.before.empty() || !change.after.empty())
                add(change.table, key_after(own, change.before, change.after));
        }
    }
}

ChangeStream::Touched TouchedKeys::take() {
    const std::lock_guard lock(mutex_);
    ChangeStream::Touched touched;
    touched.known = known_;
    touched.dropped = dropped_;
    touched.whole = whole_;
    touched.keys.resize(plans_.size());
    for (std::size_t table = 0; table < plans_.size(); ++table) {
        newer_[table].merge(older_[table]);
        touched.keys[table].reserve(newer_[table].size());
        for (const std::string& key : newer_[table]) touched.keys[table].push_back(mysql::decode_key(key));
        newer_[table].clear();
        older_[table].clear();
    }
    newer_count_ = 0;
    dropped_ = 0;
    known_ = true;
    whole_.assign(plans_.size(), false);
    return touched;
}

}  // namespace transload::native
