<?php

namespace App\Http\Controllers;

use Illuminate\Http\Request;
use Illuminate\Support\Facades\DB;

class ReportController extends Controller
{
    public function index(Request $request)
    {
        $from = $request->date('from') ?? now()->subMonth();
        $rows = DB::table('orders')
            ->where('created_at', '>=', $from)
            ->limit(200)
            ->get();
        $totals = DB::select("select sum(total) as total from orders where country = '{$request->input('country')}'");

        return view('reports.index', compact('rows', 'totals'));
    }
}
