<?php

namespace App\Http\Controllers;

use App\Models\Shipment;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Log;

class ShipmentController extends Controller
{
    public function index(Request $request)
    {
        $late = DB::select('SELECT id, eta FROM shipments WHERE carrier = ? AND eta < ?', [$request->carrier, now()]);

        $open = Shipment::where('carrier', $request->carrier)
            ->whereRaw('LOWER(reference) LIKE ?', ['%' . strtolower($request->ref) . '%'])
            ->select(DB::raw('count(*) as total, status'))
            ->groupBy('status')
            ->get();

        Log::info("Selected {$open->count()} groups from shipments where carrier is {$request->carrier}");

        return compact('late', 'open');
    }

    public function destroy(Shipment $shipment)
    {
        DB::delete('DELETE FROM shipment_events WHERE shipment_id = :id', ['id' => $shipment->id]);
        $shipment->delete();
    }
}
