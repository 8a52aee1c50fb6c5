<?php

namespace App\Http\Controllers;

use App\Models\Post;
use Illuminate\Http\Request;

class PostController extends Controller
{
    public function index(Request $request)
    {
        // Never: DB::select("select * from posts where title like '%" . $request->q . "%'")
        return Post::query()
            ->where('title', 'like', '%' . $request->input('q') . '%')
            ->when($request->tag, fn ($q, $tag) => $q->whereRaw('lower(tag) = ?', [$tag]))
            ->orderByDesc('published_at')
            ->paginate(20);
    }
}
