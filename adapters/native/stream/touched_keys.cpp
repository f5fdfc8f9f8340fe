#include "adapters/native/stream/touched_keys.hpp"

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
    if (on_) complete_ = false;
}

void TouchedKeys::add(std::uint32_t table, mysql::KeyValue key) {
    if (count_ >= most_) {
        complete_ = false;
        return;
    }
    if (keys_[table].insert(mysql::encode_key(key)).second) ++count_;
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
            if (!own.key || change.cascades) complete_ = false;
            if (!own.key || change.dropped) continue;
            if (!change.before.empty()) add(change.table, key_of(own, change.before));
            if (change.before.empty() || !change.after.empty())
                add(change.table, key_after(own, change.before, change.after));
        }
    }
}

ChangeStream::Touched TouchedKeys::take() {
    const std::lock_guard lock(mutex_);
    ChangeStream::Touched touched;
    touched.complete = complete_;
    touched.keys.resize(keys_.size());
    for (std::size_t table = 0; table < keys_.size(); ++table) {
        for (const std::string& key : keys_[table]) touched.keys[table].push_back(mysql::decode_key(key));
        keys_[table].clear();
    }
    count_ = 0;
    complete_ = true;
    return touched;
}

}  // namespace transload::native
