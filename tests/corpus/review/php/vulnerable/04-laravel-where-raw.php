<?php

namespace App\Services;

use App\Models\Property;
use Illuminate\Support\Collection;
use Illuminate\Support\Facades\DB;

class PropertySearch
{
    public function run(array $input): Collection
    {
        return Property::query()
            ->where('status', 'listed')
            ->where('rooms', '>=', (int) ($input['rooms'] ?? 1))
            ->whereIn('agent_id', DB::table('agents')->where('active', true)->pluck('id'))
            ->whereRaw("MATCH(description) AGAINST ('" . $input['text'] . "' IN BOOLEAN MODE)")
            ->orderByDesc('listed_at')
            ->limit(40)
            ->get();
    }
}
