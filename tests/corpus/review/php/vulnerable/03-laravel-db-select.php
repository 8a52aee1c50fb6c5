<?php

namespace App\Http\Controllers;

use Illuminate\Http\Request;
use Illuminate\Support\Facades\DB;

class FlightController extends Controller
{
    public function index(Request $request)
    {
        $origin = $request->input('origin');

        $flights = DB::select("SELECT number, departs_at, gate FROM flights WHERE origin = '{$origin}' ORDER BY departs_at");

        return view('flights.index', ['flights' => $flights, 'origin' => $origin]);
    }

    public function show(int $id)
    {
        $flight = DB::select('SELECT * FROM flights WHERE id = ?', [$id]);

        return view('flights.show', compact('flight'));
    }
}
